// Work in a process of its own: what becomes of it does not become of the hook.
#pragma once

#include <functional>
#include <optional>
#include <string>

// Runs `work` in a child process and gives what it returns; nullopt, and the reason is on standard error, if it throws,
// crashes or is killed, as the kernel does where memory runs out. Throws std::system_error if there can be no child,
// and std::bad_alloc.
std::optional<std::string> run_in_child(const std::function<std::string()>& work);
