namespace RaftActors.Settings;

/// <summary>What this library knows of the remoting of Akka.NET. docs/compatibility.md lists all that it knows of Akka.NET's inside.</summary>
internal static class AkkaRemoting
{
    /// <summary>The section with its host names and its port.</summary>
    public const string Section = "akka.remote.dot-netty.tcp";

    /// <summary>The protocol of its addresses.</summary>
    public const string Protocol = "akka.tcp";
}
