# SPDX-License-Identifier: GPL-2.0-only
# AMP_SANITIZE=address,undefined or thread instruments every hosted target. A report ends the test: an error that is only
# printed would be overlooked.

set(AMP_SANITIZE "" CACHE STRING "Sanitizers for hosted code, comma separated")

if(AMP_SANITIZE)
    add_compile_options(-fsanitize=${AMP_SANITIZE} -fno-sanitize-recover=all -fno-omit-frame-pointer)
    add_link_options(-fsanitize=${AMP_SANITIZE})
endif()
