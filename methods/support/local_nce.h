#pragma once

namespace at {
class Tensor;
}

namespace bcr {

// What source vectors of n images say of vectors at L places of other views of the same images: the
// contrastive loss of AMDIM. `sources` n x r, `targets` n x L x r, image by image.
//   u_ijl = <s_i, t_jl> / sqrt(r),   c_ijl = clip * tanh(u_ijl / clip)
//   loss = mean over i, l of -ln( exp(c_iil) / ( exp(c_iil) + sum_{j != i, l'} exp(c_ijl') ) )
//   square = mean of u^2 over i, j, l
// Other places of the own image are neither positives nor negatives. n >= 1; of one image the loss is 0.
// Bachman et al., arXiv:1906.00910, as in their code.
void ComputeLocalNce(const at::Tensor& sources, const at::Tensor& targets, double clip,
                     at::Tensor* loss, at::Tensor* square);

}  // namespace bcr
