# SPDX-License-Identifier: GPL-2.0-only
# amp-virtio as a whole, in processes of its own: devices, back ends, supervisor.
find_package(nlohmann_json REQUIRED)
add_library(virtio_back_end_support STATIC support/back_end_bench.cpp support/fake_module.cpp support/fake_partition.cpp)
target_link_libraries(virtio_back_end_support PUBLIC virtio_test_support amp_backend nlohmann_json::nlohmann_json
    PRIVATE amp_warnings)
function(amp_back_end_test name)
    amp_virtio_test(${name} ${name}.cpp)
    target_link_libraries(virtio_${name} PRIVATE virtio_back_end_support)
endfunction()
amp_back_end_test(config_test)
amp_back_end_test(rng_test)
amp_back_end_test(blk_test)
amp_back_end_test(console_test)
amp_back_end_test(supervisor_test)
amp_back_end_test(kept_state_test)
amp_back_end_test(net_test)
amp_back_end_test(vsock_test)
amp_back_end_test(vhost_user_test)
amp_back_end_test(vhost_user_deaths_test)
set_tests_properties(virtio_vhost_user_deaths_test PROPERTIES TIMEOUT 600) # it waits for deadlines and for workers to grow old
target_sources(virtio_vhost_user_deaths_test PRIVATE support/vhost_user_double.cpp)
target_include_directories(virtio_vhost_user_deaths_test PRIVATE ${PROJECT_SOURCE_DIR}/virtio/src/devices)
amp_back_end_test(net_vhost_user_test)
target_sources(virtio_net_vhost_user_test PRIVATE support/network_double.cpp)
# The kernel's vhost is played: machines that build need not have it.
amp_virtio_test(vhost_test vhost_test.cpp)
target_link_libraries(virtio_vhost_test PRIVATE amp_virtio_devices)
target_include_directories(virtio_vhost_test PRIVATE ${PROJECT_SOURCE_DIR}/virtio/src/devices)
target_link_options(virtio_vhost_test PRIVATE -Wl,--wrap=ioctl)
# The firmware is played with the guest library's own vrings.
amp_back_end_test(rpmsg_test)
target_sources(virtio_rpmsg_test PRIVATE ${PROJECT_SOURCE_DIR}/guests/lib/src/vring.c)
target_include_directories(virtio_rpmsg_test PRIVATE ${PROJECT_SOURCE_DIR}/guests/lib/include)
