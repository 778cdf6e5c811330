using Akka.Actor;

namespace Akka.Remote;

/// <summary>Remoting cannot start. The message has address, cause and correction.</summary>
public class RemoteTransportException : AkkaException
{
    internal RemoteTransportException(string message, Exception? cause = null)
        : base(message, cause)
    {
    }
}
