// Stores a batch of blocks of several layers and reads them back.
//
//   g++ -std=c++14 blocks.cpp -o blocks $(pkg-config --cflags --libs memcache)
//   MMC_LOCAL_CONFIG_PATH=mmc-local.conf ./blocks

#include <cstdio>
#include <string>
#include <vector>

#include <mmcache.h>

using ock::mmc::ObjectStore;

namespace {

constexpr size_t BLOCKS = 4;
constexpr size_t LAYERS = 8;
constexpr size_t LAYER_BYTES = 16 * 1024;

// One row of layers for each block.
struct Blocks {
    explicit Blocks(char first) {
        for (size_t b = 0; b < BLOCKS; b++) {
            for (size_t l = 0; l < LAYERS; l++) {
                bytes.emplace_back(LAYER_BYTES, first == 0 ? '\0' : static_cast<char>(first + b * LAYERS + l));
            }
        }
        for (size_t b = 0; b < BLOCKS; b++) {
            pointers.emplace_back();
            sizes.emplace_back(LAYERS, LAYER_BYTES);
            for (size_t l = 0; l < LAYERS; l++) {
                pointers[b].push_back(&bytes[b * LAYERS + l][0]);
            }
        }
    }

    std::vector<std::string> bytes;
    std::vector<std::vector<void *>> pointers;
    std::vector<std::vector<size_t>> sizes;
};

bool AllOk(const std::vector<int> &results) {
    for (int result : results) {
        if (result != MMC_OK) {
            std::fprintf(stderr, "%s\n", mmc_status_text(result));
            return false;
        }
    }
    return true;
}

}  // namespace

int main() {
    const auto store = ObjectStore::CreateObjectStore();
    if (store->Init(0) != MMC_OK) {
        std::fprintf(stderr, "init: %s\n", mmc_last_error());
        return 1;
    }

    std::vector<std::string> keys;
    for (size_t b = 0; b < BLOCKS; b++) {
        keys.push_back("model/prefix/" + std::to_string(b));
    }
    const Blocks computed('!');
    const Blocks loaded('\0');
    if (!AllOk(store->BatchPutFromLayers(keys, computed.pointers, computed.sizes)) ||
        !AllOk(store->BatchGetIntoLayers(keys, loaded.pointers, loaded.sizes))) {
        return 1;
    }
    std::printf("%zu blocks: %s; %s\n", keys.size(), computed.bytes == loaded.bytes ? "the same" : "different",
                store->GetKeyInfo(keys[0]).ToString().c_str());
    return store->TearDown();
}
