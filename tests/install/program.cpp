// A user's program in C++20: it sees what is installed and nothing else.
#include <iostream>
#include <string_view>

#include <cornu.h>

int main()
{
    if (std::string_view(cn_version()) != CORNU_VERSION) {
        std::cerr << "headers " CORNU_VERSION ", library " << cn_version() << '\n';
        return 1;
    }
    if (cn_error_code() != CN_OK || !std::string_view(cn_error()).empty()) {
        std::cerr << "an error before the first call: " << cn_error() << '\n';
        return 1;
    }
    std::cout << "cornu " << cn_version() << '\n';
}
