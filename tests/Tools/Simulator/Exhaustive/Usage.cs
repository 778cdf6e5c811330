namespace RaftActors.Simulator.Exhaustive;

/// <summary>The number of bounded events so far.</summary>
/// <param name="ReadFloors">For each of at most two reads, in four bits: the entries that were committed when it was asked.</param>
internal readonly record struct Usage(
    byte Proposals, byte Crashes, byte Heartbeats, byte Snapshots, byte Reads, byte ReadFloors, byte Transfers, byte Changes)
{
    private const int FloorBits = 4;

    public ulong Packed =>
        Proposals | ((ulong)Crashes << 8) | ((ulong)Heartbeats << 16) | ((ulong)Snapshots << 24) | ((ulong)Reads << 32)
        | ((ulong)ReadFloors << 40) | ((ulong)Transfers << 48) | ((ulong)Changes << 56);

    public byte WithFloor(int read, long committed) => (byte)(ReadFloors | (committed << (FloorBits * (read - 1))));

    public long FloorOf(long read) => (ReadFloors >> (FloorBits * ((int)read - 1))) & ((1 << FloorBits) - 1);
}
