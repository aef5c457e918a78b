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

std::optional<std::string> dtb_error(const Bytes& bytes) {
    if (bytes.size() > static_cast<std::size_t>(std::numeric_limits<int>::max())) {
        return "too large for a flattened device tree";
    }
    if (const int error = fdt_check_full(bytes.data(), bytes.size())) {
        return std::string("not a valid flattened device tree (") + fdt_strerror(error) + ")";
    }
    return std::nullopt;
}

Result<TreeNode, std::string> parse_dtb(const Bytes& bytes) {
    if (auto error = dtb_error(bytes)) {
        return Err{std::move(*error)};
    }
    TreeNode root;
    root.path = "/";
    if (!read_node(bytes.data(), 0, 0, root)) {
        return Err{"a flattened device tree that is damaged, or nested deeper than " + std::to_string(depth_max) + " nodes"};
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

namespace {

std::string overlay_error(int error) {
    switch (error) {
    case -FDT_ERR_NOTFOUND:
    case -FDT_ERR_BADPATH:
        return "the tree lacks a label or path that it names";
    case -FDT_ERR_BADOVERLAY:
    case -FDT_ERR_BADSTRUCTURE:
    case -FDT_ERR_BADPHANDLE:
        return std::string("it is no well-formed overlay (") + fdt_strerror(error) + ")";
    default:
        return fdt_strerror(error);
    }
}

// An overlay without fragments changes nothing, which nobody wants.
bool has_fragment(const Bytes& overlay) {
    int child = 0;
    fdt_for_each_subnode(child, overlay.data(), 0) {
        if (fdt_subnode_offset(overlay.data(), child, "__overlay__") >= 0) {
            return true;
        }
    }
    return false;
}

} // namespace

Result<Bytes, std::string> apply_overlay(const Bytes& base, const Bytes& overlay) {
    if (!has_fragment(overlay)) {
        return Err{std::string("it is a device tree without fragments, no overlay")};
    }
    constexpr std::size_t capacity_max = 64u << 20;
    for (std::size_t capacity = base.size() + 2 * overlay.size() + 4096; capacity <= capacity_max; capacity *= 2) {
        Bytes merged(capacity);
        // Both are changed, and spoilt where it fails.
        Bytes consumed = overlay;
        int error = fdt_open_into(base.data(), merged.data(), static_cast<int>(merged.size()));
        if (error == 0) {
            error = fdt_overlay_apply(merged.data(), consumed.data());
        }
        if (error == 0) {
            fdt_pack(merged.data());
            merged.resize(fdt_totalsize(merged.data()));
            return merged;
        }
        if (error != -FDT_ERR_NOSPACE) {
            return Err{overlay_error(error)};
        }
    }
    return Err{std::string("it is too large")};
}

} // namespace amp
