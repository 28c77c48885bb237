// libxml2's parser context, without libxml2's headers.
#pragma once

#include <memory>

// The name is libxml2's. NOLINTNEXTLINE(bugprone-reserved-identifier,readability-identifier-naming)
struct _xmlParserCtxt;

namespace vnuma::schema {

struct SaxContextDeleter {
  void operator()(_xmlParserCtxt* context) const;
};
using SaxContext = std::unique_ptr<_xmlParserCtxt, SaxContextDeleter>;

SaxContext new_sax_context();

}  // namespace vnuma::schema
