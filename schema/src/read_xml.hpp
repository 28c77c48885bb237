// Reading a model from the text of a document.
#pragma once

#include <string_view>

#include "field.hpp"

namespace vnuma::schema {

// Fills the object, which must be new, from the text. Throws ParseError.
void read_xml(std::string_view text, const ModelType& model, void* object);

}  // namespace vnuma::schema
