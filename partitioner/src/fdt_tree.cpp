// SPDX-License-Identifier: GPL-2.0-only
// libfdt's side of TreeNode: blobs are checked as a whole before anything is read, and written sequentially into a
// buffer that grows until they fit. Called by the readers and the device tree emitter.
#include "fdt_tree.hpp"

#include <libfdt.h>
#include <limits>

namespace amp {

namespace {

// Deeper than any real tree; keeps a hostile blob from exhausting the stack.
constexpr int depth_max = 64;

bool read_properties(const void* fdt, int offset, TreeNode& node) {
    int property = 0;
    fdt_for_each_property_offset(property, fdt, offset) {
        const char* name = nullptr;
        int length = 0;
        const void* value = fdt_getprop_by_offset(fdt, property, &name, &length);
        if (value == nullptr || name == nullptr) {
            return false;
        }
        const auto* bytes = static_cast<const std::uint8_t*>(value);
        node.properties.push_back({name, Bytes(bytes, bytes + length), {}});
    }
    return true;
}

bool read_node(const void* fdt, int offset, int depth, TreeNode& node) {
    if (depth > depth_max || !read_properties(fdt, offset, node)) {
        return false;
    }
    int child = 0;
    fdt_for_each_subnode(child, fdt, offset) {
        const char* name = fdt_get_name(fdt, child, nullptr);
        if (name == nullptr || !read_node(fdt, child, depth + 1, node.add(name))) {
            return false;
        }
    }
    return true;
}

int write_node(void* fdt, const TreeNode& node) {
    int error = fdt_begin_node(fdt, node.name.c_str());
    for (const auto& property : node.properties) {
        if (error == 0) {
            error = fdt_property(fdt, property.name.c_str(), property.value.data(),
                                 static_cast<int>(property.value.size()));
        }
    }
    for (const auto& child : node.children) {
        if (error == 0) {
            error = write_node(fdt, child);
        }
    }
    return error != 0 ? error : fdt_end_node(fdt);
}

int write_tree(Bytes& blob, const TreeNode& root) {
    int error = fdt_create(blob.data(), static_cast<int>(blob.size()));
    if (error == 0) {
        error = fdt_finish_reservemap(blob.data());
    }
    if (error == 0) {
        error = write_node(blob.data(), root);
    }
    return error != 0 ? error : fdt_finish(blob.data());
}

} // namespace

bool is_dtb(const Bytes& bytes) {
    return bytes.size() >= sizeof(fdt_header) && bytes[0] == 0xd0 && bytes[1] == 0x0d && bytes[2] == 0xfe &&
           bytes[3] == 0xed;
}

Result<TreeNode, std::string> parse_dtb(const Bytes& bytes) {
    if (bytes.size() > static_cast<std::size_t>(std::numeric_limits<int>::max())) {
        return Err{std::string("too large for a flattened device tree")};
    }
    if (const int error = fdt_check_full(bytes.data(), bytes.size())) {
        return Err{std::string("not a valid flattened device tree (") + fdt_strerror(error) + ")"};
    }
    TreeNode root;
    root.path = "/";
    if (!read_node(bytes.data(), 0, 0, root)) {
        return Err{std::string("flattened device tree is damaged or nested too deeply")};
    }
    return root;
}

Bytes write_dtb(const TreeNode& root) {
    for (std::size_t capacity = 4096;; capacity *= 2) {
        Bytes blob(capacity);
        const int error = write_tree(blob, root);
        if (error == 0) {
            blob.resize(fdt_totalsize(blob.data()));
            return blob;
        }
        // Every other error is a broken invariant of the emitter; more room is the only thing that input decides.
        if (error != -FDT_ERR_NOSPACE) {
            __builtin_trap();
        }
    }
}

} // namespace amp
