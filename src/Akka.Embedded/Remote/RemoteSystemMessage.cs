using Akka.Actor;
using Akka.Dispatch.SysMsg;

namespace Akka.Remote;

/// <summary>
/// Encodes the system messages that other systems receive: kind and watched actor. The watcher is never sent. It is the remote watcher
/// at the other end of the connection, so a peer can neither name other watchers nor other receivers.
/// </summary>
internal static class RemoteSystemMessage
{
    internal enum Kind : byte
    {
        /// <summary>The sender's remote watcher watches an actor of the receiver.</summary>
        Watch = 1,
        Unwatch = 2,
        /// <summary>An actor of the sender has ended, or never existed.</summary>
        Ended = 3,
    }

    /// <summary>Encodes a message. Returns null for a kind that is not sent to other systems.</summary>
    public static byte[]? Encode(SystemMessage message, Address localAddress)
    {
        var writer = new WireWriter();
        switch (message)
        {
            case Watch watch:
                Write(Kind.Watch, watch.Watchee);
                break;
            case Unwatch unwatch:
                Write(Kind.Unwatch, unwatch.Watchee);
                break;
            case DeathWatchNotification ended:
                Write(Kind.Ended, ended.Actor);
                writer.WriteBoolean(ended.ExistenceConfirmed);
                break;
            default:
                return null;
        }
        return writer.ToArray();

        void Write(Kind kind, InternalActorRef watched)
        {
            writer.WriteByte((byte)kind);
            writer.WriteText(watched.Path.ToSerializationFormatWithAddress(localAddress));
        }
    }

    /// <exception cref="WireException">The bytes are no system message.</exception>
    public static Parts Read(ReadOnlySpan<byte> body)
    {
        var reader = new WireReader(body);
        var (kind, watched) = ((Kind)reader.ReadByte(), reader.ReadText());
        return kind switch
        {
            Kind.Watch or Kind.Unwatch => new Parts(kind, watched, false),
            Kind.Ended => new Parts(kind, watched, reader.ReadBoolean()),
            _ => throw new WireException($"unknown kind {kind} of system message"),
        };
    }

    /// <summary>
    /// Delivers a message of the system at an address. Returns false if it drops the message: a peer watches actors of this system
    /// only, and reports the ends of its own actors only.
    /// </summary>
    public static bool TryDeliver(Parts message, Address peer, RemoteActorRefProvider provider)
    {
        var watched = provider.ResolveInternal(message.Watched);
        if (message.Kind == Kind.Ended ? watched.Path.Address != peer : !watched.IsLocal)
        {
            return false;
        }
        switch (message.Kind)
        {
            case Kind.Watch:
                watched.SendSystemMessage(new Watch(watched, provider.RemoteWatcherAt(peer)));
                break;
            case Kind.Unwatch:
                watched.SendSystemMessage(new Unwatch(watched, provider.RemoteWatcherAt(peer)));
                break;
            case Kind.Ended:
                // A watcher that used the path without uid did not know the uid of the ended actor.
                foreach (var name in (string[])[message.Watched, message.Watched.Split('#')[0]])
                {
                    var ended = new DeathWatchNotification(provider.ResolveInternal(name), message.ExistenceConfirmed, false);
                    provider.RemoteWatcher.SendSystemMessage(ended);
                }
                break;
        }
        return true;
    }

    /// <param name="Watched">The path of the watched actor.</param>
    internal readonly record struct Parts(Kind Kind, string Watched, bool ExistenceConfirmed);
}
