/*
 * MemCache for C++ (14 and later): one header over the C surface of mmc_store.h, so that no C++ binary interface crosses the library's edge. No
 * member throws but for want of memory; all but Setup, Init and TearDown may be called from many threads at once on one store.
 */
#ifndef MMCACHE_H
#define MMCACHE_H

#include <cstddef>
#include <cstdint>
#include <memory>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include "mmc_def.h"
#include "mmc_store.h"

namespace ock {
namespace mmc {

/*
 * How many replicas a put makes, and which ranks it must use: at most replicaNum of them. Ours: how firmly the objects stay (MMC_PIN_*), and for how many
 * milliseconds (0: no end).
 */
struct ReplicateConfig {
    uint16_t replicaNum = 1;
    std::vector<int32_t> preferredLocalServiceIDs;
    uint32_t pin = MMC_PIN_NONE;
    uint32_t ttlMs = 0;
};

/* What is known of an object. Size 0: it is absent, and the lists are empty. */
class KeyInfo {
public:
    KeyInfo() = default;

    explicit KeyInfo(const mmc_object_info &info) : size_(info.size) {
        for (uint32_t i = 0; i < info.replica_count && i < MMC_REPLICA_COUNT_MAX; i++) {
            locs_.push_back(static_cast<uint32_t>(info.ranks[i]));
            types_.push_back(static_cast<uint16_t>(info.media[i]));
            gvas_.push_back(info.addresses[i]);
        }
    }

    uint64_t Size() const { return size_; }

    /* Ranks that hold a replica, the nearest first. */
    const std::vector<uint32_t> &LocList() const { return locs_; }

    /* Medium of each replica: 0 HBM, 1 DRAM, 2 SSD. */
    const std::vector<uint16_t> &TypeList() const { return types_; }

    /* Global address of each replica. */
    const std::vector<uint64_t> &GvaList() const { return gvas_; }

    std::string ToString() const {
        std::ostringstream text;
        text << "size " << size_;
        for (size_t i = 0; i < locs_.size(); i++) {
            text << (i == 0 ? ", replicas: " : ", ") << "rank " << locs_[i] << " medium " << types_[i];
        }
        return text.str();
    }

private:
    uint64_t size_ = 0;
    std::vector<uint32_t> locs_;
    std::vector<uint16_t> types_;
    std::vector<uint64_t> gvas_;
};

/*
 * A store: joins the pool with Init and leaves it with TearDown or when it goes. Statuses are those of mmc_status.h: 0 is success. Batches give
 * one status per key, also when the call fails as a whole; a vector that does not fit the keys makes every key MMC_INVALID_PARAMETER.
 */
class ObjectStore {
public:
    static std::shared_ptr<ObjectStore> CreateObjectStore() { return std::make_shared<ObjectStore>(); }

    ObjectStore() = default;
    ObjectStore(const ObjectStore &) = delete;
    ObjectStore &operator=(const ObjectStore &) = delete;
    ~ObjectStore() { TearDown(); }

    /* How Init opens the store; without it the file that MMC_LOCAL_CONFIG_PATH names says so. Start from mmc_local_config_init. */
    int Setup(const local_config &config) {
        config_.reset(new local_config(config));
        settings_ = config.settings == nullptr ? "" : config.settings;
        config_->settings = settings_.c_str();
        return MMC_OK;
    }

    /* Ours: the same as text of `key = value` lines, as in mmc-local.conf. */
    int Setup(const std::string &settings) {
        settings_ = settings;
        config_.reset();
        return MMC_OK;
    }

    /* initBm false: a client that provides no memory. Already open: MMC_REPEATED_CALL. */
    int Init(uint32_t deviceId, bool initBm = true) {
        if (store_ != 0) {
            return MMC_REPEATED_CALL;
        }
        const int32_t device = static_cast<int32_t>(deviceId);
        return config_ ? mmc_store_open_with(config_.get(), device, initBm ? 1 : 0, &store_)
                       : mmc_store_open(settings_.empty() ? nullptr : settings_.c_str(), device, initBm ? 1 : 0, &store_);
    }

    int TearDown() {
        const mmc_store_t store = store_;
        store_ = 0;
        return store == 0 ? MMC_OK : mmc_store_close(store);
    }

    int RegisterBuffer(void *buffer, size_t size) { return mmc_store_register(store_, Address(buffer), size); }

    int UnRegisterBuffer(void *buffer, size_t size) { return mmc_store_unregister(store_, Address(buffer), size); }

    /* Reads an object into a buffer of exactly its size. */
    int GetInto(const std::string &key, void *buffer, size_t size, int32_t direct = MMC_G2H) {
        return GetIntoLayers(key, {buffer}, {size}, direct);
    }

    std::vector<int> BatchGetInto(const std::vector<std::string> &keys, const std::vector<void *> &buffers,
                                  const std::vector<size_t> &sizes, int32_t direct = MMC_G2H) {
        return Get(keys, Batch(buffers, sizes), direct);
    }

    /* Reads an object into buffers one behind the other, at most 255, which add up to its size. */
    int GetIntoLayers(const std::string &key, const std::vector<void *> &buffers, const std::vector<size_t> &sizes,
                      int32_t direct = MMC_G2H) {
        return BatchGetIntoLayers({key}, {buffers}, {sizes}, direct)[0];
    }

    std::vector<int> BatchGetIntoLayers(const std::vector<std::string> &keys, const std::vector<std::vector<void *>> &buffers,
                                        const std::vector<std::vector<size_t>> &sizes, int32_t direct = MMC_G2H) {
        return Get(keys, Batch(buffers, sizes), direct);
    }

    /* Stores an object; a key that exists keeps its object, and that is 0. */
    int PutFrom(const std::string &key, void *buffer, size_t size, int32_t direct = MMC_H2G,
                const ReplicateConfig &replicateConfig = ReplicateConfig()) {
        return PutFromLayers(key, {buffer}, {size}, direct, replicateConfig);
    }

    std::vector<int> BatchPutFrom(const std::vector<std::string> &keys, const std::vector<void *> &buffers,
                                  const std::vector<size_t> &sizes, int32_t direct = MMC_H2G,
                                  const ReplicateConfig &replicateConfig = ReplicateConfig()) {
        return Put(keys, Batch(buffers, sizes), direct, replicateConfig);
    }

    int PutFromLayers(const std::string &key, const std::vector<void *> &buffers, const std::vector<size_t> &sizes,
                      int32_t direct = MMC_H2G, const ReplicateConfig &replicateConfig = ReplicateConfig()) {
        return BatchPutFromLayers({key}, {buffers}, {sizes}, direct, replicateConfig)[0];
    }

    std::vector<int> BatchPutFromLayers(const std::vector<std::string> &keys, const std::vector<std::vector<void *>> &buffers,
                                        const std::vector<std::vector<size_t>> &sizes, int32_t direct = MMC_H2G,
                                        const ReplicateConfig &replicateConfig = ReplicateConfig()) {
        return Put(keys, Batch(buffers, sizes), direct, replicateConfig);
    }

    int Remove(const std::string &key) { return mmc_store_remove(store_, Key(key)); }

    std::vector<int> BatchRemove(const std::vector<std::string> &keys) {
        std::vector<int32_t> results = Unanswered(keys.size());
        mmc_store_remove_batch(store_, Keys(keys).data(), Count(keys), results.data());
        return results;
    }

    /* Ours: pin one of MMC_PIN_*, ttlMs milliseconds from now (0: no end), or MMC_KEEP. */
    std::vector<int> BatchSetPriority(const std::vector<std::string> &keys, int32_t pin, int32_t ttlMs = MMC_KEEP) {
        std::vector<int32_t> results = Unanswered(keys.size());
        mmc_store_set_priority_batch(store_, Keys(keys).data(), Count(keys), pin, ttlMs, results.data());
        return results;
    }

    int RemoveAll() { return mmc_store_remove_all(store_); }

    /* 1: there and readable, 0: not, negative: an error. */
    int IsExist(const std::string &key) { return mmc_store_exists(store_, Key(key)); }

    std::vector<int> BatchIsExist(const std::vector<std::string> &keys) {
        std::vector<int32_t> results = Unanswered(keys.size());
        mmc_store_exists_batch(store_, Keys(keys).data(), Count(keys), results.data());
        return results;
    }

    KeyInfo GetKeyInfo(const std::string &key, uint32_t flag = 0) { return BatchGetKeyInfo({key}, flag)[0]; }

    /* Without touching the objects' recency. */
    std::vector<KeyInfo> BatchGetKeyInfo(const std::vector<std::string> &keys, uint32_t flag = 0) {
        (void)flag;
        std::vector<mmc_object_info> infos(keys.size(), mmc_object_info());
        mmc_store_query_batch(store_, Keys(keys).data(), Count(keys), infos.data());
        return std::vector<KeyInfo>(infos.begin(), infos.end());
    }

    /* Rank of this process; MMC_NOT_CONNECTED_TO_LOCAL if it contributes no memory or is not connected. */
    int GetLocalServiceId(uint32_t &localServiceId) {
        int32_t rank = -1;
        const int32_t status = mmc_store_rank(store_, &rank);
        localServiceId = static_cast<uint32_t>(rank);
        return status != MMC_OK ? status : rank < 0 ? MMC_NOT_CONNECTED_TO_LOCAL : MMC_OK;
    }

    /* Ours from here on. Reserves space that is written by address; 0: that key failed. */
    std::vector<uint64_t> BatchAlloc(const std::vector<std::string> &keys, const std::vector<size_t> &sizes, int32_t medium = 1,
                                     uint32_t leaseTtlMs = 0) {
        std::vector<int32_t> results = Unanswered(keys.size());
        std::vector<uint64_t> addresses(keys.size(), 0);
        const std::vector<uint64_t> bytes(sizes.begin(), sizes.end());
        if (bytes.size() == keys.size()) {
            mmc_store_alloc_batch(store_, Keys(keys).data(), Count(keys), bytes.data(), medium, leaseTtlMs, addresses.data(),
                                  results.data());
        }
        return addresses;
    }

    /* Copies between global addresses, interior ones too, and buffers; publishes nothing. */
    int BatchCopy(const std::vector<uint64_t> &gvas, const std::vector<void *> &buffers, const std::vector<size_t> &sizes,
                  int32_t direct = MMC_H2G) {
        return Copy(gvas, Batch(buffers, sizes), direct);
    }

    int BatchCopyLayers(const std::vector<uint64_t> &gvas, const std::vector<std::vector<void *>> &buffers,
                        const std::vector<std::vector<size_t>> &sizes, int32_t direct = MMC_H2G) {
        return Copy(gvas, Batch(buffers, sizes), direct);
    }

    /* 0 in outcomes makes the object readable, anything else drops its reservation. */
    std::vector<int> BatchWriteFinish(const std::vector<std::string> &keys, const std::vector<int> &outcomes) {
        std::vector<int32_t> results = Unanswered(keys.size());
        if (outcomes.size() == keys.size()) {
            mmc_store_finish_batch(store_, Keys(keys).data(), Count(keys), outcomes.data(), results.data());
        }
        return results;
    }

    /* 0 ms: the configured default. */
    std::vector<int> BatchAddLease(const std::vector<std::string> &keys, uint32_t leaseTtlMs = 0) {
        std::vector<int32_t> results = Unanswered(keys.size());
        mmc_store_add_lease_batch(store_, Keys(keys).data(), Count(keys), leaseTtlMs, results.data());
        return results;
    }

    std::vector<int> BatchRemoveLease(const std::vector<std::string> &keys) {
        std::vector<int32_t> results = Unanswered(keys.size());
        mmc_store_remove_lease_batch(store_, Keys(keys).data(), Count(keys), results.data());
        return results;
    }

    /* Reads as many bytes of each object as its buffers hold, from its offset on. */
    std::vector<int> BatchGetRangeIntoLayers(const std::vector<std::string> &keys, const std::vector<uint64_t> &offsets,
                                             const std::vector<std::vector<void *>> &buffers,
                                             const std::vector<std::vector<size_t>> &sizes, int32_t direct = MMC_G2H) {
        std::vector<int32_t> results = Unanswered(keys.size());
        const Batch batch(buffers, sizes);
        if (batch.Fits(keys.size()) && offsets.size() == keys.size()) {
            const mmc_buffers view = batch.View();
            mmc_store_get_range_batch(store_, Keys(keys).data(), Count(keys), offsets.data(), &view, direct, results.data());
        }
        return results;
    }

private:
    /* Buffers as the C surface takes them. */
    class Batch {
    public:
        Batch(const std::vector<void *> &buffers, const std::vector<size_t> &sizes)
            : count_(buffers.size()), legal_(buffers.size() == sizes.size()) {
            Add(buffers, sizes);
        }

        Batch(const std::vector<std::vector<void *>> &buffers, const std::vector<std::vector<size_t>> &sizes)
            : count_(buffers.size()), legal_(buffers.size() == sizes.size()) {
            for (size_t i = 0; legal_ && i < buffers.size(); i++) {
                legal_ = buffers[i].size() == sizes[i].size();
                layers_.push_back(static_cast<uint32_t>(buffers[i].size()));
                Add(buffers[i], sizes[i]);
            }
        }

        bool Fits(size_t keyCount) const { return legal_ && count_ == keyCount; }

        mmc_buffers View() const {
            return mmc_buffers{addresses_.data(), sizes_.data(), layers_.empty() ? nullptr : layers_.data()};
        }

    private:
        void Add(const std::vector<void *> &buffers, const std::vector<size_t> &sizes) {
            for (size_t i = 0; legal_ && i < buffers.size(); i++) {
                addresses_.push_back(Address(buffers[i]));
                sizes_.push_back(sizes[i]);
            }
        }

        size_t count_;
        bool legal_;
        std::vector<uint64_t> addresses_;
        std::vector<uint64_t> sizes_;
        std::vector<uint32_t> layers_;
    };

    static uint64_t Address(const void *pointer) { return static_cast<uint64_t>(reinterpret_cast<uintptr_t>(pointer)); }

    static mmc_key Key(const std::string &key) { return mmc_key{key.data(), key.size()}; }

    static std::vector<mmc_key> Keys(const std::vector<std::string> &keys) {
        std::vector<mmc_key> views;
        views.reserve(keys.size());
        for (const std::string &key : keys) {
            views.push_back(Key(key));
        }
        return views;
    }

    /* More than any batch may have stays more. */
    template <typename T>
    static uint32_t Count(const std::vector<T> &entries) {
        return entries.size() > UINT32_MAX ? UINT32_MAX : static_cast<uint32_t>(entries.size());
    }

    /* What stays if the library refuses to begin. */
    static std::vector<int32_t> Unanswered(size_t count) { return std::vector<int32_t>(count, MMC_INVALID_PARAMETER); }

    std::vector<int> Get(const std::vector<std::string> &keys, const Batch &batch, int32_t direct) {
        std::vector<int32_t> results = Unanswered(keys.size());
        if (batch.Fits(keys.size())) {
            const mmc_buffers view = batch.View();
            mmc_store_get_batch(store_, Keys(keys).data(), Count(keys), &view, direct, results.data());
        }
        return results;
    }

    std::vector<int> Put(const std::vector<std::string> &keys, const Batch &batch, int32_t direct, const ReplicateConfig &config) {
        std::vector<int32_t> results = Unanswered(keys.size());
        mmc_put_terms terms = mmc_put_terms();
        mmc_replicas &replicas = terms.replicas;
        replicas.replica_count = config.replicaNum | MMC_PUT_TERMS;
        terms.pin = config.pin;
        terms.ttl_ms = config.ttlMs;
        replicas.preferred_count = Count(config.preferredLocalServiceIDs);
        for (size_t i = 0; i < config.preferredLocalServiceIDs.size() && i < MMC_REPLICA_COUNT_MAX; i++) {
            replicas.preferred[i] = config.preferredLocalServiceIDs[i];
        }
        if (batch.Fits(keys.size())) {
            const mmc_buffers view = batch.View();
            mmc_store_put_batch(store_, Keys(keys).data(), Count(keys), &view, direct, &replicas, results.data());
        }
        return results;
    }

    int Copy(const std::vector<uint64_t> &gvas, const Batch &batch, int32_t direct) {
        if (!batch.Fits(gvas.size())) {
            return MMC_INVALID_PARAMETER;
        }
        const mmc_buffers view = batch.View();
        return mmc_store_copy_batch(store_, gvas.data(), Count(gvas), &view, direct, nullptr);
    }

    mmc_store_t store_ = 0;
    std::unique_ptr<local_config> config_;
    std::string settings_;
};

}  // namespace mmc
}  // namespace ock

#endif
