using Akka.Actor;
using Akka.Dispatch.SysMsg;

namespace Akka.Remote;

/// <summary>The system messages that cross systems, as bytes: kind, recipient, and what the kind needs.</summary>
internal static class RemoteSystemMessage
{
    private enum Kind : byte
    {
        Watch = 1,
        Unwatch = 2,
        DeathWatchNotification = 3,
        Terminate = 4,
    }

    /// <summary>Null for those that have no meaning beyond one system.</summary>
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
                // Who watched it by its bare path did not know the uid with which it died.
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
                throw new WireException($"there is no system message of kind {kind}");
        }
    }
}
