#pragma once

namespace bcr {

// Called before OpenCV is used: threads are ours (one image each), and what the library would print is in
// our own messages. Private to harness/data.
void PrepareOpenCv();

}  // namespace bcr
