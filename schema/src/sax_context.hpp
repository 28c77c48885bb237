// libxml2's parser context, without libxml2's headers.
#pragma once

#include <memory>

struct _xmlParserCtxt;  // NOLINT(bugprone-reserved-identifier): libxml2's name

namespace vnuma::schema {

struct SaxContextDeleter {
  void operator()(_xmlParserCtxt* context) const;
};
using SaxContext = std::unique_ptr<_xmlParserCtxt, SaxContextDeleter>;

SaxContext new_sax_context();

}  // namespace vnuma::schema
