namespace MemCache.SimulationTests;

internal enum SlotState
{
    Free,
    Writing,
    Ready,
    Revoked,
}
