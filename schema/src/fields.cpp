#include <vnuma/schema/fields.hpp>

#include <algorithm>

#include <vnuma/schema/backup.hpp>
#include <vnuma/schema/capabilities.hpp>
#include <vnuma/schema/domain.hpp>
#include <vnuma/schema/secret.hpp>

#include "record.hpp"

namespace vnuma::schema {

template <>
const Record& record<Domain>();
template <>
const Record& record<Capabilities>();
template <>
const Record& record<DomainBackup>();
template <>
const Record& record<DomainCheckpoint>();
template <>
const Record& record<SecretSpec>();

static_assert(member_name<&ControllerTarget::bus_nr>() == "bus_nr", "this compiler spells member pointers otherwise");

std::vector<ModelInfo> models() {
  std::vector<ModelInfo> models;
  std::vector<const Record*> met = {&record<Domain>(), &record<Capabilities>(), &record<DomainBackup>(),
                                    &record<DomainCheckpoint>(), &record<SecretSpec>()};
  // Those still to be listed, the next one last.
  std::vector<const Record*> open(met.rbegin(), met.rend());
  while (!open.empty()) {
    const Record& record = *open.back();
    open.pop_back();
    const std::size_t older = open.size();
    ModelInfo& model = models.emplace_back(ModelInfo{record.name, record.element, {}});
    for (const Field& field : record.fields) {
      const bool is_model = field.is_model();
      model.fields.push_back({field.member, is_model ? field.record().name : field.type, field.name, field.ns,
                              field.kind, is_model, field.repeated, field.once});
      if (!is_model || std::find(met.begin(), met.end(), &field.record()) != met.end()) continue;
      met.push_back(&field.record());
      open.push_back(&field.record());
    }
    std::reverse(open.begin() + static_cast<std::ptrdiff_t>(older), open.end());
  }
  return models;
}

}  // namespace vnuma::schema
