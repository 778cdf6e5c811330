using Akka.Actor;

namespace Akka.Configuration;

/// <summary>A configuration that cannot be read, or that lacks what is asked of it. The message names place and remedy.</summary>
public class ConfigurationException : AkkaException
{
    internal ConfigurationException(string message)
        : base(message)
    {
    }

    internal ConfigurationException(string message, Exception? exception)
        : base(message, exception)
    {
    }
}
