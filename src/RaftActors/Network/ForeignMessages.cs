using System.Collections.Immutable;

using Akka.Actor;

using RaftActors.Security;
using RaftActors.Settings;
using RaftActors.Wire;

namespace RaftActors.Network;

/// <summary>
/// The messages of a connection that belong to no engine: outcomes for clients, and the messages of doors that the program has opened. A
/// list says which kinds are read, so bytes never choose a type. Thread-safe.
/// </summary>
internal sealed class ForeignMessages(ExtendedActorSystem system)
{
    private ImmutableArray<MessageDoor> _doors = [];

    /// <summary>Lets an actor take messages of its own kinds from connections.</summary>
    public void Open(MessageDoor door) => ImmutableInterlocked.Update(ref _doors, static (doors, added) => doors.Add(added), door);

    /// <summary>Whether a path, without address, is the one of a door.</summary>
    public bool IsDoor(string path)
    {
        foreach (var door in _doors)
        {
            if (path == door.Path)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Null: the message is not of a kind that connections take.</summary>
    public WireMessage.Foreign? TryWrite(object message)
    {
        var serializer = system.Serialization.FindSerializerFor(message);
        return serializer.Identifier == RaftMessageSerializer.Number || _doors.Any(door => door.Serializer == serializer.Identifier)
            ? new WireMessage.Foreign(
                serializer.Identifier,
                Akka.Serialization.Serialization.ManifestFor(serializer, message),
                serializer.ToBinary(message))
            : null;
    }

    /// <exception cref="InvalidDataException">The message is of a kind that may not come here, or its bytes are damaged.</exception>
    public object Read(WireMessage.Foreign foreign, string path)
    {
        var isAllowed = foreign.Serializer == RaftMessageSerializer.Number
            ? OutcomeFormat.Types.ContainsKey(foreign.Manifest)
            : _doors.Any(door => door.Serializer == foreign.Serializer && door.Path == path);
        if (!isAllowed)
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

    /// <summary>The role that a message to a door needs.</summary>
    public ConnectionRole RoleFor(object message, string path) =>
        _doors.FirstOrDefault(door => door.Path == path)?.RoleFor(message) ?? ConnectionRole.Node;

    /// <summary>The answer of a door to a message that the sender has no right to; null: there is none.</summary>
    public object? Refuse(object message, string path, string why) =>
        _doors.FirstOrDefault(door => door.Path == path)?.Refuse(message, why);
}

/// <summary>An actor that takes messages of its own kinds from connections.</summary>
/// <param name="Path">Without address.</param>
/// <param name="Serializer">The number of the serializer of its messages.</param>
/// <param name="RoleFor">The role that a sender needs.</param>
/// <param name="Refuse">The answer to a sender without that role; null: none.</param>
internal sealed record MessageDoor(
    string Path, int Serializer, Func<object, ConnectionRole> RoleFor, Func<object, string, object?> Refuse);
