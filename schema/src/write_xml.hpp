// Writing a model as the text of a document.
#pragma once

#include <string>

#include <vnuma/schema/xml.hpp>

#include "field.hpp"

namespace vnuma::schema {

// Throws ValueError.
std::string write_xml(const ModelType& model, const void* object, Layout layout);

}  // namespace vnuma::schema
