// Every member of the C++ class, with its defaults.
#include "check.h"
#include "mmcache.h"

using ock::mmc::KeyInfo;
using ock::mmc::ObjectStore;
using ock::mmc::ReplicateConfig;

static void CheckSetup() {
    ObjectStore store;
    local_config config;
    CHECK_STATUS(MMC_OK, mmc_local_config_init(&config));
    config.world_size = -1;
    CHECK_STATUS(MMC_OK, store.Setup(config));
    CHECK_STATUS(MMC_INVALID_PARAMETER, store.Init(0));
    CHECK_STATUS(MMC_OK, mmc_local_config_init(&config));
    const std::string settings = pool_config();
    config.settings = settings.c_str();
    CHECK_STATUS(MMC_OK, store.Setup(config));
    CHECK_STATUS(MMC_OK, store.Init(0, false));
    CHECK_STATUS(MMC_REPEATED_CALL, store.Init(0));
    uint32_t id = 0;
    CHECK_STATUS(MMC_NOT_CONNECTED_TO_LOCAL, store.GetLocalServiceId(id));
    CHECK_STATUS(MMC_OK, store.TearDown());
    CHECK_STATUS(MMC_OK, store.TearDown());
    CHECK_STATUS(MMC_NOT_INITIALISED, store.IsExist("k"));
}

static void CheckCalls(ObjectStore &store) {
    std::vector<uint8_t> value(5000);
    std::vector<uint8_t> read(5000);
    fill(value.data(), value.size(), 1);
    CHECK_STATUS(0, store.IsExist("one"));
    CHECK_STATUS(MMC_OK, store.RegisterBuffer(value.data(), value.size()));
    CHECK_STATUS(MMC_OK, store.PutFrom("one", value.data(), value.size()));
    CHECK_STATUS(1, store.IsExist("one"));
    CHECK_STATUS(MMC_OK, store.GetInto("one", read.data(), read.size()));
    CHECK(read == value);
    CHECK_STATUS(MMC_SIZE_MISMATCH, store.GetInto("one", read.data(), 10));
    CHECK_STATUS(MMC_OK, store.UnRegisterBuffer(value.data(), value.size()));
    const KeyInfo info = store.GetKeyInfo("one");
    CHECK(info.Size() == 5000 && info.LocList().size() == 1 && info.LocList()[0] == 0 && info.TypeList()[0] == 1);
    CHECK(!info.ToString().empty() && store.GetKeyInfo("none").Size() == 0 && store.GetKeyInfo("none").LocList().empty());

    const std::vector<void *> halves = {value.data(), value.data() + 2000};
    const std::vector<void *> targets = {read.data(), read.data() + 2000};
    const std::vector<size_t> sizes = {2000, 3000};
    std::fill(read.begin(), read.end(), uint8_t(0));
    CHECK_STATUS(MMC_OK, store.PutFromLayers("two", halves, sizes));
    CHECK_STATUS(MMC_OK, store.GetIntoLayers("two", targets, sizes));
    CHECK(read == value);
    CHECK_STATUS(MMC_INVALID_PARAMETER, store.PutFromLayers("uneven", halves, {1}));
    CHECK_STATUS(MMC_INVALID_PARAMETER, store.PutFromLayers("nothing", {}, {}));

    const std::vector<std::string> keys = {"a", "b", ""};
    CHECK((store.BatchPutFrom(keys, {value.data(), value.data(), value.data()}, {10, 20, 30}) ==
           std::vector<int>{MMC_OK, MMC_OK, MMC_INVALID_PARAMETER}));
    CHECK((store.BatchIsExist(keys) == std::vector<int>{1, 1, MMC_INVALID_PARAMETER}));
    CHECK((store.BatchGetInto({"a", "none"}, {read.data(), read.data()}, {10, 10}) == std::vector<int>{MMC_OK, MMC_OBJECT_NOT_FOUND}));
    CHECK((store.BatchGetInto({"a"}, {}, {}) == std::vector<int>{MMC_INVALID_PARAMETER}));
    CHECK((store.BatchPutFromLayers({"l"}, {halves}, {sizes}) == std::vector<int>{MMC_OK}));
    CHECK((store.BatchGetIntoLayers({"l"}, {targets}, {sizes}) == std::vector<int>{MMC_OK}));
    CHECK(store.BatchIsExist({}).empty() && store.BatchGetKeyInfo({}).empty());
    CHECK(store.BatchIsExist(std::vector<std::string>(16385, "x"))[16384] == MMC_INVALID_PARAMETER);

    std::vector<uint64_t> gvas = store.BatchAlloc({"gva"}, {5000});
    CHECK(gvas.size() == 1 && gvas[0] != 0);
    CHECK_STATUS(MMC_OK, store.BatchCopyLayers({gvas[0]}, {{halves[0]}}, {{2000}}));
    CHECK_STATUS(MMC_OK, store.BatchCopy({gvas[0] + 2000}, {halves[1]}, {3000}));
    CHECK((store.BatchAddLease({"gva"}) == std::vector<int>{MMC_STATE_MISMATCH}));
    CHECK((store.BatchWriteFinish({"gva"}, {0}) == std::vector<int>{MMC_OK}));
    CHECK((store.BatchAddLease({"gva"}, 1000) == std::vector<int>{MMC_OK}));
    CHECK(store.GetKeyInfo("gva").GvaList()[0] == gvas[0]);
    std::fill(read.begin(), read.end(), uint8_t(0));
    CHECK((store.BatchGetRangeIntoLayers({"gva"}, {2000}, {{targets[1]}}, {{3000}}) == std::vector<int>{MMC_OK}));
    CHECK(memcmp(targets[1], halves[1], 3000) == 0);
    CHECK((store.BatchRemoveLease({"gva"}) == std::vector<int>{MMC_OK}));

    ReplicateConfig forced;
    forced.preferredLocalServiceIDs = {0};
    CHECK_STATUS(MMC_OK, store.PutFrom("forced", value.data(), 10, MMC_H2G, forced));
    forced.preferredLocalServiceIDs = {0, 1};
    CHECK_STATUS(MMC_INVALID_PARAMETER, store.PutFrom("more than replicas", value.data(), 10, MMC_H2G, forced));
    ReplicateConfig pinned;
    pinned.pin = MMC_PIN_HARD;
    pinned.ttlMs = 600000;
    CHECK_STATUS(MMC_OK, store.PutFrom("pinned", value.data(), 10, MMC_H2G, pinned));
    pinned.pin = 3;
    CHECK_STATUS(MMC_INVALID_PARAMETER, store.PutFrom("no pin", value.data(), 10, MMC_H2G, pinned));
    CHECK((store.BatchSetPriority({"pinned", "absent"}, MMC_PIN_SOFT, 0) == std::vector<int>{MMC_OK, MMC_OBJECT_NOT_FOUND}));
    CHECK((store.BatchSetPriority({"pinned"}, MMC_KEEP, -2) == std::vector<int>{MMC_INVALID_PARAMETER}));
    CHECK_STATUS(MMC_OK, store.Remove("one"));
    CHECK((store.BatchRemove({"a", "one"}) == std::vector<int>{MMC_OK, MMC_OBJECT_NOT_FOUND}));
    CHECK_STATUS(MMC_OK, store.RemoveAll());
    CHECK_STATUS(0, store.IsExist("b"));
}

int main() {
    CheckSetup();
    const auto store = ObjectStore::CreateObjectStore();
    uint32_t id = 9;
    CHECK_STATUS(MMC_OK, store->Setup(std::string(pool_config())));
    CHECK_STATUS(MMC_OK, store->Init(0));
    CHECK_STATUS(MMC_OK, store->GetLocalServiceId(id));
    CHECK(id == 0);
    CheckCalls(*store);
    return 0;
}
