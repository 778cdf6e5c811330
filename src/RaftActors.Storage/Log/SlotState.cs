using RaftActors.Core;

namespace RaftActors.Storage.Log;

/// <summary>What the log says of one slot, as far as it was written or read, without the entries themselves.</summary>
internal struct SlotState
{
    public StoreOwner? Owner;
    public Incarnation Incarnation;
    public HardState? HardState;

    /// <summary>The log begins after this.</summary>
    public LogPosition Base;

    /// <summary>And ends here.</summary>
    public LogIndex Last;
}
