#define BOOST_TEST_MODULE growth
#include <boost/test/unit_test.hpp>
