#pragma once

namespace bcr {

// The regularised incomplete beta function I_x(a, b) for a, b > 0 and x in [0, 1], by its continued
// fraction (DLMF 8.17.22).
double IncompleteBeta(double a, double b, double x);

// The z with P(|N(0, 1)| <= z) = level.
double TwoSidedNormal(double level);
// The t with P(|T| <= t) = level for Student's T; the degrees of freedom need not be whole.
double TwoSidedStudent(double level, double degrees);

}  // namespace bcr
