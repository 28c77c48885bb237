#include <vnuma/schema/fields.hpp>

#include <algorithm>

#include <vnuma/schema/controller.hpp>

#include "documents.hpp"
#include "model.hpp"

namespace vnuma::schema {

static_assert(member_name<&ControllerTarget::bus_nr>() == "bus_nr", "member_name() does not know this compiler");

namespace {

template <class... T>
std::vector<const ModelType*> models_of(TypeList<T...>) {
  return {&model_type<T>()...};
}

}  // namespace

std::vector<ModelInfo> models() {
  std::vector<ModelInfo> models;
  std::vector<const ModelType*> met = models_of(Documents());
  std::vector<const ModelType*> open(met.rbegin(), met.rend());  // still to be listed, the next one last
  while (!open.empty()) {
    const ModelType& model = *open.back();
    open.pop_back();
    const std::size_t older = open.size();
    ModelInfo& info = models.emplace_back(ModelInfo{model.name, model.element, {}});
    for (const Field& field : model.fields) {
      const bool is_model = field.is_model();
      info.fields.push_back({field.member, is_model ? field.model().name : field.type, field.name, field.ns, field.kind,
                             is_model, field.repeated, field.once});
      if (!is_model || std::find(met.begin(), met.end(), &field.model()) != met.end()) continue;
      met.push_back(&field.model());
      open.push_back(&field.model());
    }
    std::reverse(open.begin() + static_cast<std::ptrdiff_t>(older), open.end());
  }
  return models;
}

}  // namespace vnuma::schema
