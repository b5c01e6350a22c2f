#pragma once

#include <string>
#include <vector>

#include "harness/judge/graph.h"
#include "tests/unit/eval/upgrade_test_util.h"

namespace bcr {

// Three models on one test set, each better than the one before: features around a prototype an
// identity, nearer to it from model to model, so that all are compatible.
struct ToyGraph {
  ToyGraph()
      : first(eval_test::MakeToyUpgrade(3, 24, 12, 1.3, 0.7)),
        last(eval_test::MakeToyUpgrade(3, 24, 12, 1.3, 0.4)) {}

  ModelRows Model(const std::string& key, const FloatMatrix& query,
                  const FloatMatrix& gallery) const {
    ModelRows model;
    model.key = key;
    model.query = {key + ": queries", NewMatrixRows(query.view()), &first.query};
    model.gallery = {key + ": gallery", NewMatrixRows(gallery.view()), &first.gallery};
    return model;
  }

  // Cells of a chain v1, v2, v3: the lower triangle.
  GraphRequest Chain() const {
    GraphRequest request;
    request.models = {Model("v1", first.old_query, first.old_gallery),
                      Model("v2", first.new_query, first.new_gallery),
                      Model("v3", last.new_query, last.new_gallery)};
    request.chain = {"v1", "v2", "v3"};
    request.cells = PlannedCells(request.models, true);
    request.options.resamples = 200;
    request.options.scoring.threads = 2;
    return request;
  }

  // Old and new, the paragon being the third model: five cells.
  GraphRequest Upgrade() const {
    GraphRequest request = Chain();
    request.chain.clear();
    request.models[0].key = "old";
    request.models[1].key = "new";
    request.models[2].key = "paragon";
    request.cells = PlannedCells(request.models, false);
    request.upgrade.emplace();
    return request;
  }

  // Both draw the same test set and the same old model: the noise alone differs.
  const eval_test::ToyUpgrade first, last;
};

// One for all tests.
inline const ToyGraph& Toy() {
  static const ToyGraph toy;
  return toy;
}

}  // namespace bcr
