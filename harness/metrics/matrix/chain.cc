#include "harness/metrics/matrix/matrix_terms.h"
#include "harness/metrics/metric.h"

namespace bcr {
namespace {

MetricInfo Of(const char* name, const char* label, const char* about, Unit unit,
              std::vector<MatrixTerm> (*terms)(size_t) = nullptr) {
  return {.name = name,
          .label = label,
          .about = about,
          .source =
              "Biondi et al., \"CL2R: Compatible Lifelong Learning Representations\", TOMM "
              "2023",
          .unit = unit,
          .gate = {.shown = true},
          .print = {.comparison = true},
          .matrix = MatrixPart{terms}};
}

}  // namespace

const MetricInfo& metric_ac() {
  static const MetricInfo info =
      Of("matrix.ac", "AC", "share of (later, earlier) pairs in which the later model gains",
         Unit::kShare);
  return info;
}

const MetricInfo& metric_ac_decided() {
  static const MetricInfo info =
      Of("matrix.ac_decided", "AC, decided", "those whose interval lies above 0", Unit::kShare);
  return info;
}

const MetricInfo& metric_am() {
  static const MetricInfo info = Of("matrix.am", "AM", "mean of all cells", Unit::kShare, AmTerms);
  return info;
}

const MetricInfo& metric_bc() {
  static const MetricInfo info =
      Of("matrix.bc", "BC", "last model on earlier galleries, less their own models",
         Unit::kDifference, BcTerms);
  return info;
}

const MetricInfo& metric_fc() {
  static const MetricInfo info =
      Of("matrix.fc", "FC", "each model on the gallery before it, less on its own",
         Unit::kDifference, FcTerms);
  return info;
}

}  // namespace bcr
