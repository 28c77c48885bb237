/// \file
/// `<devices>`: all devices of a domain.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include <vnuma/schema/character_device.hpp>
#include <vnuma/schema/controller.hpp>
#include <vnuma/schema/disk.hpp>
#include <vnuma/schema/display.hpp>
#include <vnuma/schema/export.hpp>
#include <vnuma/schema/filesystem.hpp>
#include <vnuma/schema/host_device.hpp>
#include <vnuma/schema/interface.hpp>
#include <vnuma/schema/iommu.hpp>
#include <vnuma/schema/memory.hpp>
#include <vnuma/schema/small_device.hpp>
#include <vnuma/schema/unmodelled.hpp>

namespace vnuma::schema {

/// `<devices>`.
struct VNUMA_SCHEMA_EXPORT Devices {
  std::optional<std::string> emulator{};
  std::vector<Disk> disks{};
  std::vector<Controller> controllers{};
  std::vector<FilesystemDevice> filesystems{};
  std::vector<Interface> interfaces{};
  std::vector<Smartcard> smartcards{};
  std::vector<Serial> serials{};
  std::vector<Parallel> parallels{};
  std::vector<Console> consoles{};
  std::vector<Channel> channels{};
  std::vector<Input> inputs{};
  std::vector<TPM> tpms{};
  std::vector<Graphics> graphics{};
  std::vector<SoundCard> sound_cards{};
  std::vector<Audio> audios{};
  std::vector<Video> video{};
  std::vector<HostDevice> host_devices{};
  std::vector<RedirectedDevice> redirs{};
  std::vector<Hub> hubs{};
  std::vector<Watchdog> watchdogs{};
  std::vector<MemBalloon> ballooning{};
  std::vector<Rng> rng{};
  std::vector<NVRAMDevice> nvrams{};
  std::vector<PanicDevice> panic_devices{};
  std::vector<Shmem> shmems{};
  std::vector<MemoryDevice> memory{};
  std::vector<IOMMUDevice> iommu{};
  std::vector<VSOCK> vsock{};
  std::vector<Crypto> cryptos{};
  Unmodelled unmodelled{};
  bool operator==(const Devices&) const;
};

}  // namespace vnuma::schema
