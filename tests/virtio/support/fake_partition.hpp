// SPDX-License-Identifier: GPL-2.0-only
// The back end's side of FakeModule: what amp-virtio has instead of /dev/amp in tests.
#ifndef AMP_TESTS_VIRTIO_FAKE_PARTITION_HPP
#define AMP_TESTS_VIRTIO_FAKE_PARTITION_HPP

#include <partition.hpp>

#include <string>

namespace amp::test {

class FakeOpener final : public backend::PartitionOpener {
public:
    explicit FakeOpener(std::string socket_path) : path_(std::move(socket_path)) {}
    backend::Outcome<std::unique_ptr<backend::Partition>> open(const std::string& name) override;

private:
    std::string path_;
};

} // namespace amp::test

#endif
