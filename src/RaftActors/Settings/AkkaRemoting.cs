using Akka.Actor;

namespace RaftActors.Settings;

/// <summary>The names of Akka.NET's remoting. docs/compatibility.md lists what else depends on the inside of Akka.NET.</summary>
internal static class AkkaRemoting
{
    public const string Section = "akka.remote.dot-netty.tcp";

    public const string Protocol = "akka.tcp";

    // Akka.NET refuses a smaller frame.
    private const int FrameSizeMin = 32_000;

    // For the paths of both actors, and what else a message has besides its content.
    private const int HeadSizeMax = 4096;

    /// <summary>Demands that a message with this content can be sent. Otherwise the remoting would log and drop it.</summary>
    /// <exception cref="InvalidDataException">The content is too large.</exception>
    public static void DemandRoom(ActorSystem system, int sizeBytes)
    {
        const string Setting = $"{Section}.maximum-frame-size";
        if (sizeBytes > FrameSizeMin - HeadSizeMax
            && system.Settings.Config.GetByteSize(Setting) is { } frame
            && sizeBytes > frame - HeadSizeMax)
        {
            throw new InvalidDataException(
                $"It has {sizeBytes} bytes, and a message of Akka's remoting has at most {frame} with its paths. Send less, or raise "
                + $"{Setting} on both nodes.");
        }
    }
}
