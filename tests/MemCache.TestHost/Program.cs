using MemCache.TestHost;

// A process of a test: holds one store and does what the lines on its standard input say, one answer line each.
return Host.Run(args);
