using Akka.Actor;
using Akka.Dispatch.SysMsg;

namespace Akka.Remote;

/// <summary>Encodes the system messages that other systems receive: kind, recipient, and the fields of that kind.</summary>
internal static class RemoteSystemMessage
{
    internal enum Kind : byte
    {
        Watch = 1,
        Unwatch = 2,
        DeathWatchNotification = 3,
        Terminate = 4,
    }

    /// <summary>Encodes a message. Returns null for a kind that is not sent to other systems.</summary>
    public static byte[]? Encode(SystemMessage message, RemoteActorRef recipient, Address localAddress)
    {
        var writer = new WireWriter();
        switch (message)
        {
            case Watch watch:
                Begin(Kind.Watch);
                WriteRef(watch.Watcher);
                break;
            case Unwatch unwatch:
                Begin(Kind.Unwatch);
                WriteRef(unwatch.Watcher);
                break;
            case DeathWatchNotification notification:
                Begin(Kind.DeathWatchNotification);
                WriteRef(notification.Actor);
                writer.WriteBoolean(notification.ExistenceConfirmed);
                writer.WriteBoolean(notification.AddressTerminated);
                break;
            case Terminate:
                Begin(Kind.Terminate);
                break;
            default:
                return null;
        }
        return writer.ToArray();

        void Begin(Kind kind)
        {
            writer.WriteByte((byte)kind);
            writer.WriteBlock(recipient.SerializedPath);
        }

        void WriteRef(IActorRef actor) => writer.WriteText(actor.Path.ToSerializationFormatWithAddress(localAddress));
    }

    /// <exception cref="WireException">The bytes are no system message.</exception>
    public static Parts Read(ReadOnlySpan<byte> body)
    {
        var reader = new WireReader(body);
        var (kind, recipient) = ((Kind)reader.ReadByte(), reader.ReadText());
        return kind switch
        {
            Kind.Watch or Kind.Unwatch => new Parts(kind, recipient, reader.ReadText(), false, false),
            Kind.DeathWatchNotification => new Parts(kind, recipient, reader.ReadText(), reader.ReadBoolean(), reader.ReadBoolean()),
            Kind.Terminate => new Parts(kind, recipient, "", false, false),
            _ => throw new WireException($"unknown kind {kind} of system message"),
        };
    }

    public static void Deliver(ReadOnlySpan<byte> body, RemoteActorRefProvider provider)
    {
        var message = Read(body);
        var recipient = provider.ResolveInternal(message.Recipient);
        switch (message.Kind)
        {
            case Kind.Watch:
                recipient.SendSystemMessage(new Watch(recipient, provider.ResolveInternal(message.Actor)));
                break;
            case Kind.Unwatch:
                recipient.SendSystemMessage(new Unwatch(recipient, provider.ResolveInternal(message.Actor)));
                break;
            case Kind.DeathWatchNotification:
                // A watcher that used the path without uid did not know the uid of the ended actor.
                foreach (var name in (string[])[message.Actor, message.Actor.Split('#')[0]])
                {
                    var died = provider.ResolveInternal(name);
                    recipient.SendSystemMessage(
                        new DeathWatchNotification(died, message.ExistenceConfirmed, message.AddressTerminated));
                }
                break;
            case Kind.Terminate:
                recipient.SendSystemMessage(new Terminate());
                break;
        }
    }

    /// <summary>A message with its actors as paths.</summary>
    /// <param name="Actor">The watcher, or the ended actor; empty: the kind has none.</param>
    internal readonly record struct Parts(
        Kind Kind, string Recipient, string Actor, bool ExistenceConfirmed, bool AddressTerminated);
}
