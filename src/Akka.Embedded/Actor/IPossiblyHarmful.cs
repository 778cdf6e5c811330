namespace Akka.Actor;

/// <summary>A message that Akka.NET's remoting discards in untrusted mode. The embedded runtime has no such mode.</summary>
public interface IPossiblyHarmful
{
}
