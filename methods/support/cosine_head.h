#pragma once

namespace at {
class Tensor;
}

namespace bcr {

class Batch;
class Terms;

// What softmax losses over cosines share. The class weights are the rows of the model's identity head.

// Cosines of the batch's after-neck features and the head's rows, B x C.
at::Tensor HeadCosines(const Batch& batch);
// B x C bool: the column of each row's label; no column for label -1.
at::Tensor OwnClass(const Batch& batch, const at::Tensor& cosines);
// The cross-entropy of logits (B x C) as the term `softmax`, mean over the rows with a label. Logs
// their mean cosine to their own class, without any margin: `own_cosine`.
void AddSoftmax(const at::Tensor& logits, const at::Tensor& cosines, const Batch& batch,
                Terms& terms);

}  // namespace bcr
