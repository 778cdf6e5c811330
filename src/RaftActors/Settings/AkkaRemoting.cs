namespace RaftActors.Settings;

/// <summary>The names of Akka.NET's remoting. docs/compatibility.md lists what else depends on the inside of Akka.NET.</summary>
internal static class AkkaRemoting
{
    /// <summary>The section with its host names and its port.</summary>
    public const string Section = "akka.remote.dot-netty.tcp";

    /// <summary>The protocol of its addresses.</summary>
    public const string Protocol = "akka.tcp";
}
