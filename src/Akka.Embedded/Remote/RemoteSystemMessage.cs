using Akka.Actor;
using Akka.Dispatch.SysMsg;

namespace Akka.Remote;

/// <summary>Encodes the system messages that other systems receive: kind, recipient, and the fields of that kind.</summary>
internal static class RemoteSystemMessage
{
    private enum Kind : byte
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

    public static void Deliver(ReadOnlySpan<byte> body, RemoteActorRefProvider provider)
    {
        var reader = new WireReader(body);
        var kind = (Kind)reader.ReadByte();
        var recipient = provider.ResolveInternal(reader.ReadText());
        switch (kind)
        {
            case Kind.Watch:
                recipient.SendSystemMessage(new Watch(recipient, provider.ResolveInternal(reader.ReadText())));
                break;
            case Kind.Unwatch:
                recipient.SendSystemMessage(new Unwatch(recipient, provider.ResolveInternal(reader.ReadText())));
                break;
            case Kind.DeathWatchNotification:
                var path = reader.ReadText();
                var existenceConfirmed = reader.ReadBoolean();
                var addressTerminated = reader.ReadBoolean();
                // A watcher that used the path without uid did not know the uid of the ended actor.
                foreach (var name in (string[])[path, path.Split('#')[0]])
                {
                    var died = provider.ResolveInternal(name);
                    recipient.SendSystemMessage(new DeathWatchNotification(died, existenceConfirmed, addressTerminated));
                }
                break;
            case Kind.Terminate:
                recipient.SendSystemMessage(new Terminate());
                break;
            default:
                throw new WireException($"unknown kind {kind} of system message");
        }
    }
}
