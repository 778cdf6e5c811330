using Akka.Remote;

namespace RaftActors.Fuzz.Targets;

/// <summary>The numbered system messages of the embedded remoting: watches and their ends.</summary>
internal sealed class SystemMessagesTarget : Target
{
    private const string Watched = "akka.tcp://demo@127.0.0.1:2551/user/größe#42";

    public override string Name => "system";

    public override string Reads => "RemoteSystemMessage of the embedded remoting";

    public override IEnumerable<byte[]> Seeds()
    {
        foreach (var kind in Enum.GetValues<RemoteSystemMessage.Kind>())
        {
            var writer = new WireWriter();
            writer.WriteByte((byte)kind);
            writer.WriteText(Watched);
            writer.WriteBoolean(true);
            yield return writer.ToArray();
        }
    }

    public override object Read(byte[] input)
    {
        var read = RemoteSystemMessage.Read(input);
        _ = FuzzSystem.Instance.Provider.ResolveActorRef(read.Watched);
        return read;
    }

    public override string ShapeOf(object read) => $"{((RemoteSystemMessage.Parts)read).Kind}";

    public override bool IsRefusal(Exception e) => e is WireException;
}
