// Runs work in a process of its own, so that a crash does not end the hook.
#pragma once

#include <functional>
#include <optional>
#include <string>

// Runs `work` in a child process and returns its result. Returns nullopt, with the reason on standard error, if `work`
// throws, crashes or is killed, for example by the kernel when memory runs out. Throws std::system_error if the child
// cannot be started, and std::bad_alloc.
std::optional<std::string> run_in_child(const std::function<std::string()>& work);
