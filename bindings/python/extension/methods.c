/* The methods of DistributedObjectStore and their texts. The first line of each is what inspect.signature() reads. */
#include "methods.h"

#include "store.h"

#define ENTRY(name, function, signature_line, text)                                  \
    {                                                                                \
        name, (PyCFunction)(void (*)(void))function, METH_FASTCALL | METH_KEYWORDS,  \
            name signature_line "\n--\n\n" text                                      \
    }

PyMethodDef store_methods[] = {
    ENTRY("setup", store_setup, "($self, config)",
          "Takes the configuration for init(). Without it, init() reads the file that MMC_LOCAL_CONFIG_PATH names.\n\n"
          "Returns 0, or -3000 if a value can't be written into a configuration."),
    ENTRY("init", store_init, "($self, device_id, init_bm=True)",
          "Opens the store: connects to the MetaService and, if init_bm, contributes memory to the pool.\n\n"
          "Returns 0 or a code; the log of 'memcache_hybrid' then says why, and last_error() too. -3005: it is\n"
          "open already."),
    ENTRY("close", store_close, "($self)",
          "Ends the calls that run, leaves the pool and releases everything. Idempotent; init() opens it again.\n\n"
          "Returns 0."),
    ENTRY("get_local_service_id", store_rank, "($self)",
          "Returns this process's rank in the pool; negative if it has none."),
    ENTRY("register_buffer", store_register, "($self, ptr, size)",
          "Tells the transports of memory that calls will use. Host memory works without it.\n\nReturns 0 or a code."),
    ENTRY("unregister_buffer", store_unregister, "($self, ptr, size)",
          "Takes a registration back.\n\nReturns 0 or a code."),

    ENTRY("put", store_put, "($self, key, buf, replicateConfig=None)",
          "Stores the bytes of any contiguous bytes-like object. A key that exists keeps its object.\n\n"
          "Returns 0 or a code."),
    ENTRY("put_batch", store_put_batch, "($self, keys, values, replicateConfig=None)",
          "Stores one bytes-like object for each key.\n\n"
          "Returns 0 if all are stored, else the first code that is not 0."),
    ENTRY("put_from", store_put_from, "($self, key, ptr, size, direct=3, replicateConfig=None)",
          "Stores size bytes from address ptr.\n\nReturns 0 or a code."),
    ENTRY("batch_put_from", store_batch_put_from, "($self, keys, ptrs, sizes, direct=3, replicateConfig=None)",
          "Stores one buffer for each key.\n\nReturns a list with 0 or a code for each key."),
    ENTRY("put_from_layers", store_put_from_layers, "($self, key, ptrs, sizes, direct=3, replicateConfig=None)",
          "Stores up to 255 buffers as one object, one behind the other.\n\nReturns 0 or a code."),
    ENTRY("batch_put_from_layers", store_batch_put_from_layers,
          "($self, keys, ptrs, sizes, direct=3, replicateConfig=None)",
          "Stores a list of up to 255 buffers for each key.\n\nReturns a list with 0 or a code for each key."),

    ENTRY("get", store_get, "($self, key)", "Returns the object's bytes; b\"\" if it is absent or can't be read."),
    ENTRY("get_batch", store_get_batch, "($self, keys)",
          "Returns a list of the objects' bytes, b\"\" for each that is absent or can't be read."),
    ENTRY("get_into", store_get_into, "($self, key, ptr, size, direct=2)",
          "Reads the object into size bytes at address ptr; size has to be the object's.\n\nReturns 0 or a code."),
    ENTRY("batch_get_into", store_batch_get_into, "($self, keys, ptrs, sizes, direct=2)",
          "Reads each object into its buffer.\n\nReturns a list with 0 or a code for each key."),
    ENTRY("get_into_layers", store_get_into_layers, "($self, key, ptrs, sizes, direct=2)",
          "Reads the object into up to 255 buffers, one behind the other; sizes have to add up to the object's.\n\n"
          "Returns 0 or a code."),
    ENTRY("batch_get_into_layers", store_batch_get_into_layers, "($self, keys, ptrs, sizes, direct=2)",
          "Reads each object into its list of buffers.\n\nReturns a list with 0 or a code for each key."),
    ENTRY("batch_get_range_into", store_batch_get_range_into, "($self, keys, offsets, ptrs, sizes, direct=2)",
          "Reads sizes[i] bytes of object i, from its byte offsets[i] on, into one buffer each.\n\n"
          "Returns a list with 0 or a code for each key."),
    ENTRY("batch_get_range_into_layers", store_batch_get_range_into_layers,
          "($self, keys, offsets, ptrs, sizes, direct=2)",
          "Reads as many bytes of object i as its buffers hold, from its byte offsets[i] on.\n\n"
          "Returns a list with 0 or a code for each key."),

    ENTRY("batch_set_pin", store_batch_set_pin, "($self, keys, pin)",
          "Changes how firmly objects stay: \"none\"; \"soft\": evicted last; \"hard\": never evicted. Or 0, 1, 2.\n\n"
          "Returns a list with 0 or a code for each key; -3214: too much has a hard pin."),
    ENTRY("batch_set_ttl", store_batch_set_ttl, "($self, keys, ttl_ms)",
          "Lets objects end ttl_ms milliseconds from now; 0: they have no end.\n\n"
          "Returns a list with 0 or a code for each key."),

    ENTRY("remove", store_remove, "($self, key)", "Removes an object.\n\nReturns 0 or a code."),
    ENTRY("remove_batch", store_remove_batch, "($self, keys)",
          "Removes objects.\n\nReturns a list with 0 or a code for each key."),
    ENTRY("remove_all", store_remove_all, "($self)", "Removes all objects of the pool.\n\nReturns 0 or a code."),
    ENTRY("is_exist", store_is_exist, "($self, key)",
          "Returns 1 if the object is there and readable, 0 if not, negative on an error."),
    ENTRY("batch_is_exist", store_batch_is_exist, "($self, keys)",
          "Returns a list with 1, 0 or a negative code for each key."),
    ENTRY("get_key_info", store_get_key_info, "($self, key, flag=0)",
          "Returns a KeyInfo; its size is 0 if the object is absent. flag has no effect."),
    ENTRY("batch_get_key_info", store_batch_get_key_info, "($self, keys, flag=0)",
          "Returns a list of KeyInfo. flag has no effect."),

    ENTRY("batch_alloc", store_batch_alloc, "($self, keys, sizes, media=1, lease_ttl_ms=0)",
          "Reserves space that batch_copy writes and batch_write_finish makes readable. media: 0 HBM, 1 DRAM, 2 SSD.\n"
          "A reservation that is not finished within lease_ttl_ms (0: the configured default) comes back.\n\n"
          "Returns a list of global addresses; 0 or less: failed. A key that exists is refused."),
    ENTRY("batch_copy", store_batch_copy, "($self, gvas, ptrs, sizes, direct=3)",
          "Copies between global addresses, or addresses inside what they name, and one buffer each. Publishes\n"
          "nothing.\n\n"
          "Returns 0 or the first code that is not 0."),
    ENTRY("batch_copy_layers", store_batch_copy_layers, "($self, gvas, ptrs, sizes, direct=3)",
          "Copies between global addresses and a list of buffers each, one behind the other.\n\n"
          "Returns 0 or the first code that is not 0."),
    ENTRY("batch_write_finish", store_batch_write_finish, "($self, keys, res)",
          "Ends reservations: 0 in res makes the object readable, anything else drops it. Idempotent.\n\n"
          "Returns a list with 0 or a code for each key; -3102: unknown key."),
    ENTRY("batch_add_lease", store_batch_add_lease, "($self, keys, lease_ttl_ms=0)",
          "Keeps objects from eviction for lease_ttl_ms (0: the configured default). Adding again renews.\n\n"
          "Returns a list with 0 or a code for each key; -3101: not yet readable."),
    ENTRY("batch_remove_lease", store_batch_remove_lease, "($self, keys)",
          "Gives leases back: one call ends what was added, however often.\n\nReturns 0 or a code."),
    {NULL, NULL, 0, NULL},
};
