using System.Buffers.Binary;
using System.Security.Cryptography;

using RaftActors.Core.Codec;

namespace RaftActors;

/// <summary>
/// Divides keys among groups on the same nodes: each group, a shard, has an equal range of the hashes of keys. So a service is not bound to
/// the pace of one leader. Pairs of one shard have one order; pairs of two shards have none. Thread-safe.
/// <para>
/// The number of shards is part of the data: with another one, a key belongs to another group. Choose more shards than nodes, such as 16.
/// An idle group costs little.
/// </para>
/// </summary>
public sealed class RaftShards
{
    internal const int CountMax = 65_536;

    /// <summary>Names the shards. The same on all nodes and clients.</summary>
    /// <param name="name">
    /// The beginning of the names of the groups: <c>kv</c> of <c>kv-0</c>, <c>kv-1</c> and so on. Without <c>@</c>.
    /// </param>
    /// <param name="count">The number of shards, 1 to 65,536.</param>
    /// <exception cref="ArgumentException">The name is empty or has an <c>@</c>.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The number is out of range.</exception>
    public RaftShards(string name, int count)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        if (name.Contains('@'))
        {
            throw new ArgumentException(
                $"The name of the shards is '{name}'. Use one without @, which separates process and node.", nameof(name));
        }

        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, CountMax);
        (Name, All) = (name, [.. Enumerable.Range(0, count).Select(index => new RaftShard(this, index))]);
    }

    /// <summary>The beginning of the names of the groups.</summary>
    public string Name { get; }

    /// <summary>
    /// The number of nodes that have a process of each shard, 1 or more. Null: all nodes of the roster. A majority of them commits, so
    /// use 3 or more. With an even number one process is a spare, which gets the vote of a lost one. The same on all nodes, and for good:
    /// it decides which nodes found a shard.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The number is below 1.</exception>
    public int? Replicas
    {
        get;
        init
        {
            if (value is { } replicas)
            {
                ArgumentOutOfRangeException.ThrowIfLessThan(replicas, 1, nameof(Replicas));
            }

            field = value;
        }
    }

    /// <summary>
    /// With <see cref="Replicas"/>: returns the rack or zone of a node, by the node's part of the names in the roster. The processes of a
    /// shard are spread over as many as possible. Null: nodes are chosen without regard to that. The same on all nodes, and for good.
    /// </summary>
    public Func<string, string>? DomainOf { get; init; }

    /// <summary>The shards, by their index.</summary>
    public IReadOnlyList<RaftShard> All { get; }

    /// <summary>
    /// Returns the shard of a key. The first 64 bits of the SHA-256 of the key's UTF-8 bytes select one of <c>All.Count</c> equal
    /// ranges. With twice as many shards, the keys of shard <c>i</c> are in the shards <c>2i</c> and <c>2i + 1</c>.
    /// </summary>
    /// <exception cref="ArgumentException">The key has half a surrogate pair.</exception>
    public RaftShard Of(string key)
    {
        ArgumentNullException.ThrowIfNull(key);
        return All[(int)Math.BigMul(HashOf(StrictText.Encode(key)), (ulong)All.Count, out _)];
    }

    /// <summary>Returns the first 64 bits of the SHA-256. Keys and nodes are placed by it, so it never changes.</summary>
    internal static ulong HashOf(ReadOnlySpan<byte> bytes)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(bytes, hash);
        return BinaryPrimitives.ReadUInt64BigEndian(hash);
    }

    /// <inheritdoc/>
    public override string ToString() => $"{All.Count} shards {Name}";
}

/// <summary>One of the groups of <see cref="RaftShards"/>. Give it to a raft actor as <see cref="RaftOptions{TValue}.Shard"/>.</summary>
public sealed class RaftShard
{
    internal RaftShard(RaftShards shards, int index) => (Shards, Index) = (shards, index);

    internal RaftShards Shards { get; }

    internal int Index { get; }

    /// <summary>The group id, which is the name of its processes, too: <c>kv-3</c>.</summary>
    public string Group => $"{Shards.Name}-{Index}";

    /// <inheritdoc/>
    public override string ToString() => Group;
}
