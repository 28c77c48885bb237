#define BOOST_TEST_MODULE hook
#include <boost/test/unit_test.hpp>
