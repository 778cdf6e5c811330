using Akka.Actor;

using RaftActors.Wire;

namespace RaftActors.Network;

/// <summary>
/// The messages of a connection that belong to no engine: the outcomes for clients. A list says which kinds are read, so bytes never choose
/// a type. Thread-safe.
/// </summary>
internal sealed class ForeignMessages(ExtendedActorSystem system)
{
    /// <summary>Null: the message is not of a kind that connections take.</summary>
    /// <param name="level">The format level of the connection.</param>
    public WireMessage.Foreign? TryWrite(object message, byte level) =>
        system.Serialization.FindSerializerFor(message) is RaftMessageSerializer serializer
            ? new WireMessage.Foreign(serializer.Identifier, serializer.Manifest(message), serializer.ToBinary(message, level))
            : null;

    /// <exception cref="InvalidDataException">The message is of a kind that may not come here, or its bytes are damaged.</exception>
    public object Read(WireMessage.Foreign foreign, string path)
    {
        if (foreign.Serializer != RaftMessageSerializer.Number || !OutcomeFormat.Types.ContainsKey(foreign.Manifest))
        {
            throw new InvalidDataException($"A message '{foreign.Manifest}' of serializer {foreign.Serializer} may not go to {path}.");
        }

        try
        {
            return system.Serialization.Deserialize(foreign.Bytes.ToArray(), foreign.Serializer, foreign.Manifest)
                ?? throw new InvalidDataException($"A message '{foreign.Manifest}' to {path} is null.");
        }
        catch (Exception e) when (e is not InvalidDataException)
        {
            throw new InvalidDataException($"A message '{foreign.Manifest}' to {path} cannot be read: {e.Message}", e);
        }
    }
}
