#include <CLI/CLI.hpp>
#include <memory>

#include "harness/app/command.h"
#include "harness/app/data_command.h"
#include "harness/app/train_library.h"
#include "harness/core/files.h"

namespace bcr {

void AddDataCommand(CLI::App& app, Action& action) {
  auto flags = std::make_shared<DataFlags>();
  flags->store = JoinPath(DefaultCacheFolder(), "store");
  CLI::App* data = app.add_subcommand("data", "Make, check, pack or export a data set");
  data->require_subcommand(1);
  const auto add = [&](const char* name, DataFlags::Action what, const char* about) {
    CLI::App* sub = data->add_subcommand(name, about);
    sub->add_option("reference", flags->reference, "name[:path][,key=value...]")->required();
    sub->add_option("--store", flags->store, "Where generated images are kept")
        ->capture_default_str();
    sub->callback([flags, &action, what] {
      flags->action = what;
      action = [flags] { return Training().data(*flags); };
    });
    return sub;
  };
  CLI::App* make =
      add("make", DataFlags::Action::kMake,
          "Draw a synthetic data set (to the path in the reference, or into the store)");
  make->footer(
      "\nExamples:\n  bcreid data make pedsynth-a\n  bcreid data make "
      "pedsynth-b:/tmp/b,identities=300,seed=7");
  CLI::App* baseline = add("baseline", DataFlags::Action::kBaseline,
                           "mAP of colour histograms: what the data give away without training");
  baseline->footer(
      "\nExamples:\n  bcreid data baseline pedsynth-a\n  bcreid data baseline csv:people.csv");
  CLI::App* check =
      add("check", DataFlags::Action::kCheck,
          "Counts beside published ones, cameras an identity, names outside the grammar, hash");
  check->add_flag("--decode", flags->decode,
                  "Also read and decode every image: sizes, images in two splits; exit 1 where one "
                  "is unreadable");
  check->footer(
      "\nExamples:\n  bcreid data check market1501:/data/Market-1501\n  bcreid data check "
      "csv:people.csv --decode");
  CLI::App* pack = add("pack", DataFlags::Action::kPack,
                       "Decode and resize all images into the store, where runs of that size find "
                       "them");
  pack->add_option("--height", flags->height, "Pixels")->required()->check(CLI::Range(1, 4096));
  pack->add_option("--width", flags->width, "Pixels")->required()->check(CLI::Range(1, 4096));
  pack->add_option("--resize", flags->resize,
                   "How they come to that size, as a profile's input.resize")
      ->capture_default_str();
  pack->add_flag("--skip-bad", flags->skip_bad,
                 "Leave unreadable images out, as run --on-bad-image skip does");
  pack->footer("\nExamples:\n  bcreid data pack msmt17:/data/MSMT17_V1 --height 256 --width 128");
  CLI::App* exported = add("export", DataFlags::Action::kExport,
                           "Write the images into a new folder, as a CSV list or in Market-1501's "
                           "layout");
  exported->add_option("--out", flags->out, "The folder to make")->required();
  exported->add_option("--as", flags->layout, "csv | market")
      ->check(CLI::IsMember({"csv", "market"}))
      ->capture_default_str();
  exported->footer(
      "\nExamples:\n  bcreid data export viper:/data/VIPeR,split=3 --out viper3\n  bcreid data "
      "export folder:people --out people-market --as market");
}

}  // namespace bcr
