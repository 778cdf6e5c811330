using RaftActors.Core;

namespace RaftActors.Engine;

/// <summary>A committed pair with its value as bytes. <paramref name="Request"/> is its Append, where it had one.</summary>
internal sealed record StoredPair(Serial Serial, string Key, ReadOnlyMemory<byte> Value, RequestId? Request);
