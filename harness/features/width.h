#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <vector>

#include "harness/core/error.h"
#include "harness/core/matrix.h"
#include "harness/features/row_source.h"

namespace bcr {

// How rows of a newer model are compared with rows of an older model of another width:
//   equal:    not at all, the widths must be the same;
//   truncate: by the first columns of the wider rows;
//   pad:      with zeros behind the narrower rows;
//   project:  by a matrix of the newer model's own. Models that have none are cut or padded.
struct WidthPolicy {
  std::string name = "equal";
  std::string flag = "--widths ";     // what a user writes before the name, for messages
  ErrorCode code = ErrorCode::kData;  // of the error that rows of a wrong width are
};

// equal, truncate, pad, project.
const std::vector<std::string>& WidthPolicies();

// Throws policy.code unless the policy brings rows of width `own` to `width`; `rows` names them.
// Equal widths always pass, and every width under `project`: its matrix decides.
void RequireServes(const WidthPolicy& policy, size_t own, size_t width, const std::string& rows);

// The rows (n x d) times a matrix of `projection` (width x d): n x width, each value a sum in
// float64 rounded once, so no bit depends on threads or blocks. Rows are computed when they are
// first read and then kept (kept_rows.h). The matrix is copied.
std::shared_ptr<const RowSource> NewProjectedRows(std::shared_ptr<const RowSource> rows,
                                                  const FloatMatrix& projection);

// `rows` (n x d) in `width` columns, as the policy has it; the same object where nothing changes.
// `projection` is the model's own (width x d), null or 0 x 0 where it has none. Nothing is copied
// but under a projection. Throws as RequireServes does.
std::shared_ptr<const RowSource> RowsInWidth(std::shared_ptr<const RowSource> rows, size_t width,
                                             const WidthPolicy& policy, const std::string& name,
                                             const FloatMatrix* projection = nullptr);

}  // namespace bcr
