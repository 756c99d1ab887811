#pragma once

#include <soci/soci.h>

#include <optional>
#include <utility>

#if SOCI_VERSION >= 400100
#include <soci/std-optional.h>
#else

namespace soci {

/// SOCI 4.0 knows boost::optional only.
template <class T>
struct type_conversion<std::optional<T>> {
  using base_type = typename type_conversion<T>::base_type;

  static void from_base(const base_type& in, indicator ind,
                        std::optional<T>& out) {
    if (ind == i_null) {
      out.reset();
      return;
    }
    T value{};
    type_conversion<T>::from_base(in, ind, value);
    out = std::move(value);
  }

  static void to_base(const std::optional<T>& in, base_type& out,
                      indicator& ind) {
    ind = i_null;
    if (in) {
      type_conversion<T>::to_base(*in, out, ind);
      ind = i_ok;
    }
  }
};

} // namespace soci

#endif
