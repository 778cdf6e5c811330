using Akka.Actor;
using Akka.Remote;

namespace RaftActors.Fuzz.Targets;

/// <summary>The first frame of a connection of the embedded remoting.</summary>
internal sealed class HelloTarget : Target
{
    private const int HeadSize = sizeof(int) + 1;

    private static readonly Address Near = new("akka.tcp", "demo", "127.0.0.1", 2551);
    private static readonly Address Far = new("akka.tcp", "größe", "[::1]", 2552);

    public override string Name => "hello";

    public override string Reads => "Hello of the embedded remoting";

    public override IEnumerable<byte[]> Seeds() => [BodyOf(new Hello(Near, 42, Far, null)), BodyOf(new Hello(Far, -1, Near, 7))];

    public override object Read(byte[] input) => Hello.Read(FrameKind.Hello, input);

    public override void Check(object read) =>
        DemandEqual(read, Hello.Read(FrameKind.Hello, BodyOf((Hello)read)), "A hello changes when it is written again");

    public override bool IsRefusal(Exception e) => e is WireException;

    private static byte[] BodyOf(Hello hello)
    {
        var writer = new WireWriter();
        hello.Write(writer);
        return writer.ToArray()[HeadSize..];
    }
}
