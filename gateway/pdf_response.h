// A letter as an answer.
#pragma once

#include <string>
#include <utility>

#include "gateway/http/message.h"

namespace fsft::gateway {

// Shown by the browser, and kept by nobody on the way.
inline http::Response PdfResponse(std::string pdf) {
  return {200,
          "application/pdf",
          std::move(pdf),
          {{"Cache-Control", "private, no-store"},
           {"Content-Disposition", "inline; filename=\"appeal-letter.pdf\""}}};
}

}  // namespace fsft::gateway
