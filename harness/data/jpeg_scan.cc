#include "harness/data/jpeg_scan.h"

#include <csetjmp>
#include <cstddef>
#include <cstdio>
// After <cstdio>, which they need and do not include.
#include <jerror.h>
#include <jpeglib.h>

#include <array>

namespace bcr {
namespace {

// What libjpeg said first. Its errors leave by longjmp: nothing with a destructor may live between.
struct Listener {
  jpeg_error_mgr base;  // first, so that libjpeg's pointer to it is one to us
  jmp_buf escape;
  std::array<char, JMSG_LENGTH_MAX> warning;  // "" for none
};

Listener& ListenerOf(j_common_ptr jpeg) { return *reinterpret_cast<Listener*>(jpeg->err); }

// Warnings after which the decoder invents pixels. After others, such as stray bytes before a
// marker, every pixel is right.
bool LosesPixels(int code) {
  return code == JWRN_HIT_MARKER || code == JWRN_HUFF_BAD_CODE || code == JWRN_JPEG_EOF ||
         code == JWRN_MUST_RESYNC;
}

void OnMessage(j_common_ptr jpeg, int level) {
  Listener& listener = ListenerOf(jpeg);
  if (level >= 0 || listener.warning[0] != '\0' || !LosesPixels(listener.base.msg_code)) return;
  listener.base.format_message(jpeg, listener.warning.data());
}

// What the decoder cannot read at all it refuses by itself, with its own words.
void OnError(j_common_ptr jpeg) { std::longjmp(ListenerOf(jpeg).escape, 1); }

// Reads all picture data, computing one pixel in 64.
void ReadThrough(jpeg_decompress_struct& jpeg, const unsigned char* bytes, size_t size) {
  jpeg_mem_src(&jpeg, bytes, size);
  jpeg_read_header(&jpeg, TRUE);
  jpeg.scale_num = 1;
  jpeg.scale_denom = 8;
  jpeg.do_fancy_upsampling = FALSE;
  jpeg.dct_method = JDCT_IFAST;
  jpeg_start_decompress(&jpeg);
  const JSAMPARRAY row = jpeg.mem->alloc_sarray(
      reinterpret_cast<j_common_ptr>(&jpeg), JPOOL_IMAGE,
      jpeg.output_width * static_cast<JDIMENSION>(jpeg.output_components), 1);
  while (jpeg.output_scanline < jpeg.output_height) jpeg_read_scanlines(&jpeg, row, 1);
  jpeg_finish_decompress(&jpeg);
}

}  // namespace

std::string JpegDamage(const std::string& bytes) {
  if (!bytes.starts_with("\xFF\xD8")) return "";
  Listener listener;
  listener.warning[0] = '\0';
  jpeg_decompress_struct jpeg;
  jpeg.err = jpeg_std_error(&listener.base);
  listener.base.error_exit = OnError;
  listener.base.emit_message = OnMessage;
  if (setjmp(listener.escape) == 0) {
    jpeg_create_decompress(&jpeg);
    ReadThrough(jpeg, reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size());
  }
  jpeg_destroy_decompress(&jpeg);
  return listener.warning.data();
}

}  // namespace bcr
