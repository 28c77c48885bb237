#include "terminal.hpp"

#include <cstdlib>
#include <cstring>

#include <langinfo.h>
#include <locale.h>
#include <sys/ioctl.h>
#include <unistd.h>

namespace {

std::string_view variable(const char* name) {
  const char* value = std::getenv(name);
  return value ? value : "";
}

bool locale_is_utf8() {
  const locale_t locale = ::newlocale(LC_CTYPE_MASK, "", nullptr);
  if (!locale) return false;  // the locale is in the environment, but not installed
  const bool utf8 = std::strcmp(::nl_langinfo_l(CODESET, locale), "UTF-8") == 0;
  ::freelocale(locale);
  return utf8;
}

}  // namespace

vnuma::topology::TextStyle standard_output_style() {
  if (::isatty(STDOUT_FILENO) == 0) return {};
  winsize size{};
  ::ioctl(STDOUT_FILENO, TIOCGWINSZ, &size);
  const std::string_view terminal = variable("TERM");
  return {.unicode = locale_is_utf8(),
          .colour = variable("NO_COLOR").empty() && !terminal.empty() && terminal != "dumb",
          .width = size.ws_col};
}

bool is_standard_error_terminal() { return ::isatty(STDERR_FILENO) == 1; }
