using RaftActors.Core;

namespace RaftActors.Simulator;

/// <summary>An operation that any client may attempt again under its request key.</summary>
/// <param name="Since">A serial from before the first attempt; null: no attempt tells one.</param>
internal sealed record KeyedOperation(RequestKeyHash Key, KeyOperation Put, Serial? Since)
{
    /// <summary>Begins an operation.</summary>
    /// <param name="number">Another one for each operation.</param>
    public static KeyedOperation Begin(int number, KeyOperation put, Serial? since) =>
        new(new RequestKeyHash(new Guid(number, since is null ? (short)0 : (short)1, 0, new byte[8])), put, since);

    /// <summary>Whether each attempt with this key tells a serial.</summary>
    public static bool IsDated(RequestKeyHash key) => key.Value.ToByteArray()[4] == 1;
}
