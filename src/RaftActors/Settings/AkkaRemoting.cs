namespace RaftActors.Settings;

/// <summary>The names of Akka.NET's remoting. docs/compatibility.md lists what else depends on the inside of Akka.NET.</summary>
internal static class AkkaRemoting
{
    public const string Section = "akka.remote.dot-netty.tcp";

    public const string Protocol = "akka.tcp";
}
