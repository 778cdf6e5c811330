using Akka.Actor;

namespace Akka.Configuration;

/// <summary>The configuration is malformed, or a required value is missing. The message names the place and the correction.</summary>
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
